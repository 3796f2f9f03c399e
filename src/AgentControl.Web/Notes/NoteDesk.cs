using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Notes;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Access;
using AgentControl.Web.Workspaces;

namespace AgentControl.Web.Notes;

/// <summary>Writes notes for whoever is signed in, held to what REST checks.</summary>
internal sealed class NoteDesk(
    AgentCatalog agents,
    WorkspaceStore workspaces,
    NoteQueries notes,
    NoteCommands commands,
    ICallerAccessor callers
)
{
    /// <summary>Why no note can be kept there; null where one can.</summary>
    public async Task<string?> NowhereAsync(string workspace, string agent, CancellationToken cancellationToken) =>
        !await workspaces.ExistsAsync(workspace, cancellationToken)
            ? $"There is no workspace {workspace}. Open the agent and choose one of its workspaces."
        : agents.Find(agent) is null && !await notes.HasAnyAsync(workspace, agent, cancellationToken)
            ? $"There is no agent {agent}. Choose one from all agents."
        : null;

    /// <param name="text">Null deletes.</param>
    /// <param name="from">The version that was read, 0 for a new note.</param>
    public async Task<NoteResult> WriteAsync(NoteAddress note, string? text, int from, DateTimeOffset now)
    {
        var caller =
            await callers.CurrentAsync(CancellationToken.None)
            ?? throw new AccessDeniedException(Role.Operator, note.Workspace);
        caller.Require(Role.Operator, note.Workspace);
        var write = new NoteWrite(Guid.CreateVersion7(now), note, text, caller.ToAuthor()) { ExpectedVersion = from };
        return await commands.ApplyAsync(write, caller.Actor, CancellationToken.None);
    }
}
