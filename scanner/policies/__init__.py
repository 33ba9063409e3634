"""Policy files: found, read with line numbers, validated, compiled into rules."""
