"""Who may do what, and what happens then? The law: the gate, the judge, procedures and the trail. No Flask here."""
