"""What did a database of an earlier release hold, with cases in every state?

One file a release, named after its last migration; written once by the release itself (`making`) and never again.
"""
