"""How fast is our training, beside others? `python -m course_lib bench`."""
