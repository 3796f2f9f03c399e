using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Workspaces;

/// <summary>Log lines of the sweeper.</summary>
internal static partial class WorkspaceLog
{
    [LoggerMessage(
        5000,
        LogLevel.Information,
        "Workspace sweep: {Binned} files left the bin, {Contents} unused contents and {Temporary} unfinished uploads removed"
    )]
    public static partial void Swept(ILogger logger, int binned, int contents, int temporary);

    [LoggerMessage(
        5002,
        LogLevel.Warning,
        "The folder {Folder} holds files of another database and is not swept: give this one an AgentControl:DataDirectory of its own"
    )]
    public static partial void OtherOwner(ILogger logger, string folder);
}
