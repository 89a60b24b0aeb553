"""Rasa actions: conversations that need more than a reply, and the commands they give."""
