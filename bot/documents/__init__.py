"""What a case produces: letters, charts, the dossier."""
