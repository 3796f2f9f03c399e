namespace AgentControl.Engine.Workspaces;

/// <summary>Limits and places of workspace files, from <c>AgentControl:Files</c>.</summary>
public sealed class WorkspaceOptions
{
    public const string Section = "AgentControl:Files";

    /// <summary>Where contents live; <c>{AgentControl:DataDirectory}/files</c> without it. Several nodes share one folder.</summary>
    public string Directory { get; set; } = "";

    /// <summary>The largest file, 50 MiB by default.</summary>
    public long MaxFileBytes { get; set; } = 50L * 1024 * 1024;

    /// <summary>Contents up to this size lie in the file's row: one commit makes name and bytes durable together.</summary>
    public int InlineBytes { get; set; } = 64 * 1024;

    /// <summary>The most bytes that one zip of a folder may hold, 2 GiB by default.</summary>
    public long MaxZipBytes { get; set; } = 2L * 1024 * 1024 * 1024;

    /// <summary>How long a deleted file can be brought back.</summary>
    public int BinDays { get; set; } = 30;

    /// <summary>How old contents without a row must be before they are swept; longer than any upload takes.</summary>
    public int OrphanHours { get; set; } = 24;
}
