using AgentControl.Web.Notes;

namespace AgentControl.Web.Workspaces;

/// <summary>What the pages of workspaces and of notes read and do by.</summary>
internal static class WorkspaceSetup
{
    public static IServiceCollection AddWorkspacePages(this IServiceCollection services) =>
        services.AddScoped<WorkspaceReader>().AddScoped<WorkspaceActor>().AddScoped<BinDesk>().AddScoped<NoteDesk>();
}
