# Every target does its own set-up. `make help` lists them.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PYTHON ?= python3
# Arguments for `make run`, for example: make run ARGS="--port 8001 --data-dir .kerong-2"
ARGS ?=
# Parallel test processes.
JOBS ?= 2

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --disable-pip-version-check --quiet
LOCK := $(BIN)/uv pip compile --quiet --generate-hashes --no-emit-index-url \
	--no-emit-find-links --universal --python-version 3.11 --no-header

.PHONY: help
help: ## 列出全部命令
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

# --- installation: a stamp per step, so that a second run has nothing to do ---

$(VENV)/.created:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "需要 Python 3.11 或更高版本；可用 make PYTHON=/path/to/python3.11 指定。" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
		|| { echo "缺少 Python 的 venv 模块；Debian/Ubuntu 上请运行 apt install python3-venv。" >&2; exit 2; }
	@echo "建立 $(VENV) ……"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.created requirements/runtime.txt pyproject.toml
	@echo "安装运行所需的依赖 ……"
	@$(PIP) --require-hashes -r requirements/runtime.txt
	@$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "安装测试与检查所需的依赖 ……"
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@echo "安装性能对比所需的依赖 ……"
	@$(PIP) --require-hashes -r requirements/bench.txt
	@touch $@

.PHONY: install
install: $(VENV)/.runtime ## 建立 .venv 并安装锁定的依赖
	@echo "已安装；命令是 $(BIN)/kerong。"

# --- using it ---

.PHONY: run
run: $(VENV)/.runtime ## 启动平台 http://127.0.0.1:8000 （参数：ARGS="--port 8001"）
	@exec $(BIN)/kerong up $(ARGS)

.PHONY: demo
demo: $(VENV)/.runtime ## 不启动服务，打印演示数据的匹配结果
	@$(BIN)/kerong rank fixtures/demo/exchange.json --top 3

# --- working on it ---

.PHONY: test
test: $(VENV)/.dev ## 运行全部测试
	@$(BIN)/python -m pytest -n $(JOBS)

.PHONY: story
story: $(VENV)/.dev ## 演示信息共享机制（从签约到对账）和从结果中学习（自带数据库，约一分钟）
	@$(BIN)/python -m pytest tests/journeys --quiet --capture=no

.PHONY: fault-test
fault-test: $(VENV)/.dev ## 故障测试，全量（真实进程、kill -9；很久，含故意损坏的版本）
	@KERONG_TEST_SIZE=full $(BIN)/python -m pytest tests/faults $(ARGS)


.PHONY: browser-test
browser-test: $(VENV)/.dev ## 只运行页面测试（需要 Debian 的 chromium；截图在 build/screenshots）
	@KERONG_NEEDS_BROWSER=1 $(BIN)/python -m pytest tests/browser

.PHONY: check
check: $(VENV)/.dev ## 代码检查：格式、类型、导入层次、迁移
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy matching
	PYTHONPATH=. $(BIN)/lint-imports
	@if compgen -G 'backend/*/templates' >/dev/null; then $(BIN)/djlint --check --lint backend; fi
	$(BIN)/python manage.py check
	@# No database answers here; Django warns that it cannot compare with the applied ones.
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run

.PHONY: bench
bench: $(VENV)/.bench ## 性能测量（ARGS=--quick 约一分钟；ARGS=--publish 更新文档）
	@$(BIN)/kerong services --data-dir .kerong-bench -- $(BIN)/python -m tests.benchmarks $(ARGS)

.PHONY: lock
lock: $(VENV)/.dev ## 重新锁定依赖（requirements/*.in → *.txt）
	$(LOCK) requirements/runtime.in -o requirements/runtime.txt
	$(LOCK) requirements/dev.in -c requirements/runtime.txt -o requirements/dev.txt
	$(LOCK) requirements/bench.in -c requirements/runtime.txt -o requirements/bench.txt

.PHONY: clean
clean: ## 删除缓存和 .venv，保留数据
	@rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache build *.egg-info
	@find backend matching tests fixtures -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: erase
erase: $(VENV)/.runtime ## 删除 .kerong 中的数据库和全部数据
	@$(BIN)/python -m backend.embedded.erase .kerong
