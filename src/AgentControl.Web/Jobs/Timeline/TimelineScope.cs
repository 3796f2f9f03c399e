namespace AgentControl.Web.Jobs.Timeline;

/// <summary>A row that holds steps and is none itself.</summary>
/// <param name="EndedAt">Null while something in it still goes on.</param>
public sealed record TimelineScope(
    string Label,
    string State,
    int Steps,
    int Failed,
    DateTimeOffset StartedAt,
    DateTimeOffset? EndedAt
);
