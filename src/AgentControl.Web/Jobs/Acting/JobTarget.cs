namespace AgentControl.Web.Jobs.Acting;

/// <summary>The job that an action is meant for, as it was on the screen.</summary>
public sealed record JobTarget(Guid Id, string ShortId, string Name, string Label, string Workspace, Guid? ApprovalId);
