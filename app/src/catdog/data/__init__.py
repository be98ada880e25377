"""Pictures to train on: data folders and photos for them, drawings, and stores of decoded pictures."""
