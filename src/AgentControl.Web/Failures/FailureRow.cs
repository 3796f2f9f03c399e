using AgentControl.Engine.Failures;

namespace AgentControl.Web.Failures;

/// <summary>A row of the list; equal rows look the same.</summary>
/// <param name="NoLongerMatches">It was decided about since the list was read; it stays where it is, dimmed.</param>
public sealed record FailureRow(FailureGroupView Group, bool NoLongerMatches = false);
