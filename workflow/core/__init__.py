"""What every subject uses: errors, messages, calendar, number series, tenants, text rules."""
