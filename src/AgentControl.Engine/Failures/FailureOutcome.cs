namespace AgentControl.Engine.Failures;

/// <summary>How a decision about a group went.</summary>
public abstract record FailureOutcome
{
    private FailureOutcome() { }

    /// <param name="Changed">False where it was so already.</param>
    public sealed record Taken(FailureGroupView Group, bool Changed) : FailureOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : FailureOutcome;

    public sealed record NotFound : FailureOutcome;

    /// <summary>Somebody decided otherwise meanwhile (409).</summary>
    public sealed record Refused(string Reason) : FailureOutcome;
}
