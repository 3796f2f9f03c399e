namespace AgentControl.Engine.Approvals.Policies;

/// <summary>Which requests something holds for. Null means any.</summary>
/// <param name="Agent">The name of an agent.</param>
/// <param name="Action">What is done, such as the name of a tool.</param>
public sealed record ApprovalScope(string? Agent, string? Action, string? Workspace)
{
    private const int LongestName = 200;

    /// <summary>What an unnamed part is in the database, where it has to be unique.</summary>
    internal const string Any = "";

    internal static ApprovalScope Stored(string agent, string action, string workspace) =>
        new(Named(agent), Named(action), Named(workspace));

    /// <summary>The scope as it is kept, or by field what is wrong with it.</summary>
    internal ApprovalScope Checked(Dictionary<string, string[]> errors)
    {
        var clean = new ApprovalScope(Named(Agent), Named(Action), Named(Workspace));
        foreach (var (field, name) in clean.Parts())
            if (name?.Length > LongestName || name?.Any(char.IsControl) == true)
                errors[field] = [$"Use a name of at most {LongestName} characters, or leave it out for any."];
        if (clean is { Action: not null, Agent: null })
            errors["agent"] = ["Name the agent whose action it is: two agents may mean different things by one word."];
        return clean;
    }

    private IEnumerable<(string Field, string? Name)> Parts() =>
        [("agent", Agent), ("action", Action), ("workspace", Workspace)];

    /// <summary>"invoice, mail.send, in acme"; what it holds for, for people.</summary>
    public override string ToString()
    {
        string?[] parts = [Agent ?? "every agent", Action, Workspace is null ? null : $"in {Workspace}"];
        return string.Join(", ", parts.OfType<string>());
    }

    private static string? Named(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();
}
