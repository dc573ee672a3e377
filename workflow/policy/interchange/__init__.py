"""Routes as BPMN 2.0, competence tables as DMN 1.3."""
