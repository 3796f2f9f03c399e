using AgentControl.Engine.Live;
using AgentControl.Engine.Notes;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace AgentControl.Engine.Workspaces;

/// <summary>Registers workspaces, files, comments, the feed and agents' notes.</summary>
public static class WorkspaceRegistration
{
    public static IServiceCollection AddWorkspaces(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<WorkspaceOptions>()
            .Bind(configuration.GetSection(WorkspaceOptions.Section))
            .PostConfigure(options =>
            {
                if (options.Directory.Length == 0)
                    options.Directory = Path.Combine(configuration["AgentControl:DataDirectory"] ?? "./data", "files");
            })
            .Validate(o => o.MaxFileBytes > 0, $"{WorkspaceOptions.Section}:MaxFileBytes must be above 0.")
            .Validate(
                o => o.InlineBytes is >= 0 and <= 1024 * 1024,
                $"{WorkspaceOptions.Section}:InlineBytes must be 0 to 1048576."
            )
            .Validate(o => o.MaxZipBytes > 0, $"{WorkspaceOptions.Section}:MaxZipBytes must be above 0.")
            .Validate(o => o.BinDays >= 0, $"{WorkspaceOptions.Section}:BinDays must be 0 or more.")
            .Validate(
                o => o.OrphanHours >= 1,
                $"{WorkspaceOptions.Section}:OrphanHours must be at least 1, longer than any upload takes."
            )
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<WorkspaceBlobs>();
        services.AddSingleton<WorkspaceChanges>();
        services.AddSingleton<WorkspaceStore>();
        services.AddSingleton<WorkspaceFiles>();
        services.AddSingleton<WorkspaceFileQueries>();
        services.AddSingleton<WorkspaceFolders>();
        services.AddSingleton<WorkspaceArchive>();
        services.AddSingleton<WorkspaceBin>();
        services.AddSingleton<WorkspaceQuotas>();
        services.AddSingleton<WorkspaceFeed>();
        services.AddSingleton<WorkspaceComments>();
        services.AddSingleton<MentionQueries>();
        services.AddSingleton<WorkspaceSweeper>();
        services.AddSingleton<NoteQueries>();
        services.AddSingleton<NoteCommands>();
        services.TryAddSingleton<EventFeed>();
        services.AddHostedService<WorkspaceSweepLoop>();
        services.AddHostedService<WorkspaceWatcher>();
        services.AddHostedService<JobActivity>();
        return services;
    }
}
