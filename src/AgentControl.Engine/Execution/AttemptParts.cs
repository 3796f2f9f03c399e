using AgentControl.Engine.Anomalies;
using AgentControl.Engine.Budgets;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Children;
using AgentControl.Engine.Live;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Services;
using AgentControl.Engine.Waits;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Execution;

/// <summary>The actors that an attempt's context calls.</summary>
internal sealed record AttemptParts(
    NpgsqlDataSource Database,
    WaitStore Waits,
    ChildSpawner Children,
    Handovers Handovers,
    Stash Stash,
    WorkspaceStores Files,
    ServicePolicies Policies,
    ServiceCalls Services,
    Circuits Circuits,
    StepOutputs Outputs,
    BudgetStore Budgets,
    StepHistory History
);

/// <summary>Workspace stores in one hand.</summary>
internal sealed record WorkspaceStores(
    WorkspaceFiles Files,
    WorkspaceFileQueries Queries,
    WorkspaceChanges Changes,
    NoteQueries Notes
);
