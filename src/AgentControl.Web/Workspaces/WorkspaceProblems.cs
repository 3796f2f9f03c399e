using AgentControl.Engine.Workspaces;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>The refusals of workspace routes, each with its stable code.</summary>
internal static class WorkspaceProblems
{
    /// <summary>The answer to a change of a file that was not made.</summary>
    public static ProblemHttpResult Refused(string workspace, WorkspacePath path, FileResult result, long limit) =>
        result.Outcome switch
        {
            FileOutcome.Changed => Changed(result),
            FileOutcome.OtherContent => Idempotency.Reused(),
            FileOutcome.ReadOnly => ReadOnly(path.Value),
            FileOutcome.TooLarge => TooLarge(limit),
            FileOutcome.OverQuota => OverQuota(result.Why ?? ""),
            FileOutcome.NoWorkspace => NoWorkspace(workspace),
            FileOutcome.NotFound => NoFile(path.Value),
            _ => throw new InvalidOperationException($"The outcome {result.Outcome} is no refusal."),
        };

    public static ProblemHttpResult NoWorkspace(string workspace) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "workspace.notFound",
            "No such workspace",
            $"There is no workspace {workspace}. GET /api/v1/workspaces lists them."
        );

    public static ProblemHttpResult NoFile(string path, int? version = null) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "file.notFound",
            "No such file",
            version is null
                ? $"There is no file {path} in this workspace, or it is in the bin."
                : $"The file {path} has no version {version}."
        );

    public static ProblemHttpResult Changed(FileResult result) =>
        Problems.Of(
            StatusCodes.Status412PreconditionFailed,
            "file.changed",
            "The file has changed",
            result.ETag is { } etag
                ? $"It is at version {result.Version} now, ETag \"{etag}\". Read it again, then repeat with that ETag."
                : "There is no such file, so no ETag matches.",
            ("version", result.Version == 0 ? null : result.Version),
            ("etag", result.ETag is { } now ? $"\"{now}\"" : null)
        );

    public static ProblemHttpResult TooLarge(long limit) =>
        Problems.Of(
            StatusCodes.Status413PayloadTooLarge,
            "file.tooLarge",
            "The file is too large",
            $"A file may have {limit} bytes here. An admin can raise {WorkspaceOptions.Section}:{nameof(WorkspaceOptions.MaxFileBytes)}.",
            ("limit", limit)
        );

    public static ProblemHttpResult OverQuota(string why) =>
        Problems.Of(
            StatusCodes.Status413PayloadTooLarge,
            "workspace.full",
            "The workspace is full",
            $"The file was not written: {why}"
        );

    public static ProblemHttpResult FolderTooLarge(long limit) =>
        Problems.Of(
            StatusCodes.Status413PayloadTooLarge,
            "folder.tooLarge",
            "The folder is too large for one zip",
            $"A zip holds at most {WorkspaceArchive.MaxFiles} files and {limit} bytes. Download the folders below it one by one, or have an admin raise {WorkspaceOptions.Section}:{nameof(WorkspaceOptions.MaxZipBytes)}.",
            ("limit", limit)
        );

    public static ProblemHttpResult EmptyFolder(string folder) =>
        Problems.Of(
            StatusCodes.Status404NotFound,
            "folder.notFound",
            "No such folder",
            $"There are no files in {(folder.Length == 0 ? "this workspace" : folder)}."
        );

    public static ProblemHttpResult ReadOnly(string path) =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "file.readOnly",
            "The file is kept by the program",
            $"{path} is made from the job's state and cannot be written or deleted. Choose another name."
        );
}
