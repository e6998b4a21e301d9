"""Les pages communes, une par module."""
