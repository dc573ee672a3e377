"""Cases: the gate, authorization, opening and actions."""
