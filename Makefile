# Every target is a task of tasks.py, which works without make too.
.PHONY: demo test lint format golden bench wheel lock
demo test lint format golden bench wheel lock:
	python3 tasks.py $@
