"""The subscriptions, models and machines that the example speaks of."""

from __future__ import annotations

PRODUCTION = "5b1f7c52-6a0e-4c3d-9f18-2d7e0a94c1e3"
DEVELOPMENT = "c8e2d9a4-31f7-4b56-8a0c-7f6b5e1d2093"
SANDBOX = "1d94e6b7-82c5-4f0a-b3e9-60a7c4f81d5e"
GPT_4O, GPT_41, GPT_41_MINI = "OpenAI/gpt-4o/2024-11-20", "OpenAI/gpt-4.1/2025-04-14", "OpenAI/gpt-4.1-mini/2025-04-14"
GPT_5_MINI, EMBEDDING = "OpenAI/gpt-5-mini/2025-08-07", "OpenAI/text-embedding-3-large/1"
OLD_EMBEDDING, DEEPSEEK = "OpenAI/text-embedding-ada-002/2", "DeepSeek/DeepSeek-R1/1"
A100, CPU = "STANDARD_NC24ADS_A100_V4", "STANDARD_D4DS_V5"
