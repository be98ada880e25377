"""How far the attendee has come, as seen from inside the notebook's container, without TensorFlow."""
