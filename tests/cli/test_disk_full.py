"""A disk that fills up while zscape saves: what was whole stays whole, nothing half takes its place."""

import errno
import json
import os

import numpy as np
import pytest
from conftest_cli import snapshot
