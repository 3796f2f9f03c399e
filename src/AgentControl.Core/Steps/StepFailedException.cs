using AgentControl.Core.Jobs;

namespace AgentControl.Core.Steps;

/// <summary>A step failed for good. Recorded, so code that catches it takes the same way on every replay.</summary>
public sealed class StepFailedException(string key, JobFailure failure)
    : Exception($"Step '{key}' failed: {failure.Message}")
{
    public string Key { get; } = key;

    public JobFailure Failure { get; } = failure;
}

/// <summary>The code asked for something that its journal contradicts.</summary>
public sealed class NonDeterminismException(string key, string message) : Exception(message)
{
    public string Key { get; } = key;
}
