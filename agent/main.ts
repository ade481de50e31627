#!/usr/bin/env node
import { createProgram, runProgram } from './cli/program.ts';

process.exitCode = await runProgram(createProgram(), process.argv);
