"""What a firm asks about its data: a correction, or the deletion of what no duty keeps."""
