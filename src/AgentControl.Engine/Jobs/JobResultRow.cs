namespace AgentControl.Engine.Jobs;

/// <summary>How a job ended.</summary>
public sealed class JobResultRow
{
    public Guid JobId { get; init; }

    /// <summary>UTF-8 JSON.</summary>
    public byte[]? Output { get; init; }

    /// <summary>A <see cref="Core.Jobs.JobFailure"/> as JSON.</summary>
    public string? Error { get; init; }
    public Guid? ContinuedAs { get; init; }
}
