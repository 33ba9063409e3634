"""`azurerm_bot_service_azure_bot`: azurerm 3.117, 4.81, 5.2, docs/r/bot_service_azure_bot.

Defaults there: local_authentication_enabled and public_network_access_enabled true, streaming_endpoint_enabled false,
display_name the name.
"""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments
from scanner.sources.terraform.mappings.bots import BOT, bot
from scanner.sources.terraform.mappings.mapping import Mapping


def _bot(arguments: Arguments) -> Json:
    made = bot(arguments, "azurebot")
    defaults = {"publicNetworkAccess": "Enabled", "disableLocalAuth": False, "isStreamingSupported": False}
    return {**made, "properties": {**defaults, **made["properties"]}}


MAPPING = Mapping("azurerm_bot_service_azure_bot", BOT, _bot)
