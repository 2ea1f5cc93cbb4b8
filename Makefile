# Lianxi (联席). `make help` lists what there is. Needs only Python 3.11+, git and make; everything else is set up here.
SHELL := /bin/sh
.DEFAULT_GOAL := help

# Any Python from 3.11 on: the newest of these that starts (a version manager's shim may be on PATH and not start).
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
UV_VERSION := 0.13.9
BIN := .venv/bin
# Only a Python of this machine is used: downloading one is not ours to do.
export UV_PYTHON_DOWNLOADS := never
# `lianxi` finds config/ and data/ from the installed project, so no command depends on the folder it is called from.

.PHONY: help setup demo test up bench scale soak check coverage docs audit sbom pictures clean

help: ## this list / 本列表
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1\t/' | \
		while IFS="$$(printf '\t')" read -r name what; do printf '  make %-9s %s\n' "$$name" "$$what"; done

# The stamp holds the folder's path (a project that was moved or copied is set up again, for scripts name their folder),
# what was locked, and how much is installed: `run` what the product needs, `all` the tools of its makers too.
KEY = "$$(pwd -P) $$(cksum uv.lock pyproject.toml | tr '\n' ' ')"

setup: ## set everything up from the lock / 安装
	@test "$$(cat .venv/.ready 2>/dev/null)" = $(KEY)all || $(MAKE) --no-print-directory install HOW=all

.PHONY: base install
base:
	@case "$$(cat .venv/.ready 2>/dev/null)" in $(KEY)all|$(KEY)run) ;; \
		*) $(MAKE) --no-print-directory install HOW=run ;; esac

install:
	@test -n "$(PYTHON)" || { echo "需要 Python 3.11–3.13（Python 3.11 to 3.13 is needed）"; exit 2; }
	@echo "安装 / setting up …"
	@rm -f .venv/.ready
	@.uv/bin/python -c '' 2>/dev/null || { rm -rf .uv && $(PYTHON) -m venv .uv; }
	@.uv/bin/uv --version 2>/dev/null | grep -q "$(UV_VERSION)" || \
		.uv/bin/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@set -- sync --frozen --quiet --python "$(PYTHON)"; test "$(HOW)" = all || set -- "$$@" --no-default-groups; \
		.uv/bin/uv "$$@" || { rm -rf .venv && .uv/bin/uv "$$@"; }
	@.venv/bin/python -m compileall -q -j 2 config expectations tasks flows
	@printf '%s%s' $(KEY) "$(HOW)" > .venv/.ready

demo: base ## the main job once, on October 2023 / 演示：2023年10月全过程
	@$(BIN)/python -m flows.cli.main demo

test: setup ## all tests / 全部测试
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder

up: base ## run for good: server, schedules, worker, UI / 正式运行
	@$(BIN)/python -m flows.cli.main up

bench: setup ## measure speed against the floor and the usual choice / 性能测量
	@.uv/bin/uv sync --frozen --quiet --group bench
	@$(BIN)/python -m benchmarks.intake
	@$(BIN)/python -m benchmarks.brief
	@$(BIN)/python -m benchmarks.register

scale: setup ## measure several workers over PostgreSQL / 多机性能测量
	@$(BIN)/python -W ignore -m benchmarks.workers

soak: setup ## the long random-kill tests / 长时间故障测试
	@LIANXI_SOAK=1 $(BIN)/python -m pytest -m soak

check: setup ## lint, types, import contracts, spelling / 静态检查
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-cache
	@$(BIN)/codespell

audit: setup ## known vulnerabilities in the dependencies / 依赖漏洞检查
	@.ci/audit

sbom: setup ## software bill of materials (CycloneDX) into dist/ / 软件物料清单
	@mkdir -p dist
	@.uv/bin/uv export --frozen --no-default-groups --format cyclonedx1.5 --quiet --preview-features sbom-export \
		--output-file dist/sbom.cdx.json >/dev/null
	@echo "dist/sbom.cdx.json"

coverage: setup ## all tests, counting branches; what no test walks / 测试覆盖
	@mkdir -p data/coverage && rm -f data/coverage/.coverage*
	@$(BIN)/python -m pytest -n 3 --dist loadgroup --no-loadscope-reorder --cov --cov-report=term --cov-report=html:data/coverage/html

docs: setup ## the documentation site, into data/site / 生成文档网站
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet && echo data/site/index.html

pictures: setup ## the README's pictures, from the demo's own output / 更新文档图片
	@$(BIN)/python -m docs.pictures
	@$(BIN)/python -m docs.ui_pictures

clean: ## remove what setup made (never data/) / 清除安装
	@rm -rf .venv .uv .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
