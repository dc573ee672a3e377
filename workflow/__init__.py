"""Rules of case handling: policy, cases, register, people and the trail. Knows nothing of the web."""
