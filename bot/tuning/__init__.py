"""Tunes the upper layers of MiniLM to what people write here: `python -m bot.tuning`.

It takes about a quarter of an hour on two cores, so it is no part of the training: what it makes,
bot/components/tuned.safetensors, is kept with the code and read by bot.components.minilm. Run it
again when the examples have changed much (docs/decisions/0019-tuned-layers.md).
"""
