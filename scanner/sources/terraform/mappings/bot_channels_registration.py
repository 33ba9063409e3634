"""`azurerm_bot_channels_registration`: azurerm 3.117, 4.81, 5.2, docs/r/bot_channels_registration.

A bot of kind bot.
"""

from __future__ import annotations

from scanner.sources.terraform.mappings.bots import BOT, bot
from scanner.sources.terraform.mappings.mapping import Mapping

MAPPING = Mapping("azurerm_bot_channels_registration", BOT, lambda arguments: bot(arguments, "bot"))
