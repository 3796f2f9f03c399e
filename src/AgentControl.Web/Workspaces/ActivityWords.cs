using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>A line of the feed as a sentence: who did what.</summary>
internal static class ActivityWords
{
    /// <summary>The verb between the author and the file, such as "wrote"; empty where the text says all.</summary>
    public static string Verb(Activity line) =>
        line.Kind switch
        {
            "file.written" => line is { Version: 1, By.Kind: Author.PersonKind } ? "uploaded" : "wrote",
            "file.deleted" => "deleted",
            "file.restored" => "brought back",
            "bin.emptied" => "emptied the bin",
            "comment.added" => line.Path is null ? "commented" : "commented on",
            "job.started" => "started",
            "job.succeeded" => "finished",
            "job.failed" => "failed in",
            "job.cancelled" => "was stopped in",
            _ => line.Kind,
        };

    public static string Icon(Activity line) =>
        line.Kind switch
        {
            "comment.added" => "message-square",
            "file.deleted" or "bin.emptied" => "trash-2",
            "file.restored" => "undo-2",
            _ when line.Kind.StartsWith("job.", StringComparison.Ordinal) => "activity",
            _ => line.By.Kind == Author.AgentKind ? "bot" : "file",
        };

    public static string Who(Author author) => author.Kind == Author.AgentKind ? $"agent {author.Name}" : author.Name;
}
