using Xunit.Sdk;
using Xunit.v3;

// A browser, a program and its PostgreSQL are busy enough: one class after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
