"""`azurerm_bot_web_app`: azurerm 3.117, 4.81, 5.2, docs/r/bot_web_app; a bot of kind sdk."""

from __future__ import annotations

from scanner.sources.terraform.mappings.bots import BOT, bot
from scanner.sources.terraform.mappings.mapping import Mapping

MAPPING = Mapping("azurerm_bot_web_app", BOT, lambda arguments: bot(arguments, "sdk"))
