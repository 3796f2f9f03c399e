using AgentControl.Engine.Workspaces;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

/// <summary>The refusals of workspace routes, each with its stable code.</summary>
internal static class WorkspaceProblems
{
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
            ("version", result.Version == 0 ? null : result.Version)
        );

    public static ProblemHttpResult TooLarge(long limit) =>
        Problems.Of(
            StatusCodes.Status413PayloadTooLarge,
            "file.tooLarge",
            "The file is too large",
            $"A file may have {limit} bytes here. An admin can raise {WorkspaceOptions.Section}:{nameof(WorkspaceOptions.MaxFileBytes)}.",
            ("limit", limit)
        );

    public static ProblemHttpResult ReadOnly(string path) =>
        Problems.Of(
            StatusCodes.Status409Conflict,
            "file.readOnly",
            "The file is kept by the program",
            $"{path} is made from the job's state and cannot be written or deleted. Choose another name."
        );
}
