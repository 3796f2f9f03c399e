namespace AgentControl.Core.Agents;

/// <summary>What an agent may know about the job it runs. Nothing in it changes between attempts but <see cref="Attempt"/> and <see cref="Queue"/>.</summary>
public sealed record JobInfo(
    Guid Id,
    string ShortId,
    string Name,
    string Agent,
    string AgentVersion,
    string Workspace,
    string Queue,
    IReadOnlyList<string> Tags,
    string SubmittedBy,
    Guid? ParentId,
    int Attempt
);
