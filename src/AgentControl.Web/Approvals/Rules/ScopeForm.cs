using AgentControl.Engine.Approvals.Policies;

namespace AgentControl.Web.Approvals.Rules;

/// <summary>What a policy or a rule holds for, as it is filled in. Empty means any.</summary>
public sealed class ScopeForm
{
    public static readonly IReadOnlyList<string> Fields = ["agent", "action", "workspace"];

    public string Agent { get; set; } = "";
    public string Action { get; set; } = "";
    public string Workspace { get; set; } = "";

    public ApprovalScope Read() => new(Agent, Action, Workspace);
}
