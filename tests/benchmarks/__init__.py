"""How fast are the gate and the screens, beside the least that the same work could cost? Throwaway databases only."""
