"""Tests of the law: the gate, the judge, procedures, bodies and the trail."""
