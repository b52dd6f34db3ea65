"""Media: images, audio and ffmpeg, without knowledge of songs or plans.

Reads, checks and writes image files, moves the camera over an image, probes audio files, and runs
ffmpeg as a child process. Images in memory are (height, width, 3) RGB arrays.

May import: storage, errors, joblog.
"""
