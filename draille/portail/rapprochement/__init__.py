"""Les doublons : deux dossiers sont-ils la même personne ?"""
