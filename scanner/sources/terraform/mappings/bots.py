"""What the three bot types of azurerm have in common (internal/services/bot/bot_service_resource_base.go)."""

from __future__ import annotations

from scanner.model.values import Json
from scanner.sources.terraform.arguments import Arguments, body, negated, on_off

BOT = "Microsoft.BotService/botServices"


def bot(arguments: Arguments, kind: str) -> Json:
    """Give a bot; keys (developer_app_insights_key, luis_key) are left out."""
    return body(
        kind=kind,
        location=arguments.get("location"),
        sku=body(name=arguments.get("sku")),
        tags=arguments.get("tags"),
        properties=body(
            displayName=arguments.get("display_name", arguments.get("name")),
            endpoint=arguments.get("endpoint"),
            msaAppId=arguments.get("microsoft_app_id"),
            msaAppType=arguments.get("microsoft_app_type"),
            msaAppTenantId=arguments.get("microsoft_app_tenant_id"),
            msaAppMSIResourceId=arguments.get(
                "microsoft_app_msi_id", arguments.get("microsoft_app_user_assigned_identity_id")
            ),
            publicNetworkAccess=on_off(arguments.get("public_network_access_enabled")),
            disableLocalAuth=negated(arguments.get("local_authentication_enabled")),
            isStreamingSupported=arguments.get("streaming_endpoint_enabled"),
        ),
    )
