"""The policy check: obligations P1 to P10 over every request and every path."""
