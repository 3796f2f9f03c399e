using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using System.Text;
using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;
using AgentControl.Web.Hosting;
using AgentControl.Web.Jobs;
using AgentControl.Web.Mcp;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Workspaces;

internal sealed record ListWorkspacesArguments(
    [property: Description("How many workspaces."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

internal sealed record ListFilesArguments(
    [property: Description("The workspace's name. Left out: default, or that of the job.")] string? Workspace = null,
    [property: Description("How the names begin, such as inbox/.")] string? Prefix = null,
    [property: Description("Only what this job wrote or keeps, by id or short id.")] string? Job = null,
    [property: Description("How many files."), Range(1, ToolPages.Most)] int Limit = ToolPages.Usual,
    [property: Description(ToolPages.Next)] string? Cursor = null
);

internal sealed record ReadFileArguments(
    [property: Description("The file's name, such as inbox/lease.txt.")] string Path,
    [property: Description("Left out: default.")] string? Workspace = null,
    [property: Description("An older version's number."), Range(1, int.MaxValue)] int? Version = null,
    [property: Description("Where the piece begins, in bytes: nextOffset of the piece before."), Range(0, int.MaxValue)]
        int Offset = 0,
    [property: Description("How many bytes."), Range(1, TextPiece.Most)] int Length = TextPiece.Usual
);

internal sealed record WriteFileArguments(
    [property: Description("The file's name, such as inbox/lease.txt.")] string Path,
    [property: Description("The text, written as UTF-8.")] string? Text = null,
    [property: Description("The bytes in Base64, instead of a text.")] string? Base64 = null,
    [property: Description("Left out: default.")] string? Workspace = null,
    [property: Description("Left out: told by the name.")] string? ContentType = null,
    [property: Description("Write only over the version with this etag; * for any, - for a name that is free.")]
        string? IfMatch = null,
    [property: Description(ToolKeys.What)] string? IdempotencyKey = null
);

/// <summary>A file as tools tell it.</summary>
/// <param name="Uri">Its address as a resource.</param>
internal sealed record FileLine(
    string Path,
    int Version,
    long Size,
    string ContentType,
    string Etag,
    AuthorContract WrittenBy,
    Guid? JobId,
    DateTimeOffset At,
    bool ReadOnly,
    string Uri
)
{
    public static FileLine Of(FileEntry file) =>
        new(
            file.Path,
            file.Version,
            file.Size,
            file.ContentType,
            file.ETag,
            AuthorContract.Of(file.WrittenBy),
            file.JobId,
            file.At,
            file.IsVirtual,
            ResourceAddress.OfFile(file.Workspace, file.Path)
        );
}

/// <summary>A file with a piece of its contents: text where it is UTF-8, Base64 otherwise.</summary>
internal sealed record FileAnswerPiece(
    FileLine File,
    string? Text,
    string? Base64,
    long Offset,
    long? NextOffset,
    string? Note
);

/// <summary>Workspaces and their files as tools.</summary>
internal sealed class FileTools(
    WorkspaceStore workspaces,
    WorkspaceFileQueries queries,
    WorkspaceFiles files,
    JobDoor door,
    TimeProvider time
)
{
    /// <summary>What one call may write; more goes over REST.</summary>
    public const int MostWritten = 1_048_576;

    public static IEnumerable<ServedTool> All { get; } =
    [
        ServedTool.Of<FileTools, ListWorkspacesArguments, Page<WorkspaceContract>>(
            "list_workspaces",
            "List workspaces",
            "The workspaces that this key may look into.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.WorkspacesAsync(arguments, call)
        ),
        ServedTool.Of<FileTools, ListFilesArguments, Page<FileLine>>(
            "list_files",
            "List files",
            "Files of a workspace by name, or those of one job.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ListAsync(arguments, call)
        ),
        ServedTool.Of<FileTools, ReadFileArguments, FileAnswerPiece>(
            "read_file",
            "Read a file",
            "A file's text, or its bytes in Base64 where it is none; a long one comes in pieces.",
            Role.Viewer,
            ToolEffect.Reads,
            (tools, arguments, call) => tools.ReadAsync(arguments, call)
        ),
        ServedTool.Of<FileTools, WriteFileArguments, WrittenContract>(
            "write_file",
            "Write a file",
            $"Writes a new version of a file, of at most {MostWritten:N0} bytes. Older versions are kept.",
            Role.Operator,
            ToolEffect.Sets,
            (tools, arguments, call) => tools.WriteAsync(arguments, call)
        ),
    ];

    private async Task<Results<Ok<Page<WorkspaceContract>>, ProblemHttpResult>> WorkspacesAsync(
        ListWorkspacesArguments arguments,
        ToolCall call
    )
    {
        if (ToolPages.Problem(arguments.Cursor, WorkspaceCursor.IsName) is { } problem)
            return problem;
        var page = await workspaces.ListAsync(
            call.Caller.Workspaces,
            arguments.Cursor,
            arguments.Limit,
            call.Cancelled
        );
        return TypedResults.Ok(page.Select(WorkspaceContract.Of));
    }

    private async Task<Results<Ok<Page<FileLine>>, ProblemHttpResult>> ListAsync(
        ListFilesArguments arguments,
        ToolCall call
    )
    {
        var prefix = arguments.Prefix ?? "";
        if (!WorkspacePath.IsPrefix(prefix))
            return Problems.BadField("prefix", "A prefix is the beginning of a file name, such as inbox/.");
        if (ToolPages.Problem(arguments.Cursor, WorkspaceCursor.IsName) is { } problem)
            return problem;
        if (arguments.Job is { } id)
            return await OfJobAsync(id, arguments, call);
        var workspace = arguments.Workspace ?? SubmitEndpoints.DefaultWorkspace;
        call.Caller.Require(Role.Viewer, workspace);
        if (!await workspaces.ExistsAsync(workspace, call.Cancelled))
            return WorkspaceProblems.NoWorkspace(workspace);
        var page = await queries.ListAsync(
            workspace,
            prefix.Normalize(),
            arguments.Cursor,
            arguments.Limit,
            call.Cancelled
        );
        return TypedResults.Ok(page.Select(FileLine.Of));
    }

    private async Task<Results<Ok<Page<FileLine>>, ProblemHttpResult>> OfJobAsync(
        string id,
        ListFilesArguments arguments,
        ToolCall call
    )
    {
        if (await door.EnterAsync(id, call.User, Role.Viewer, call.Cancelled) is not { } job)
            return JobDoor.NotFound(id);
        if (arguments.Workspace is { } other && other != job.Workspace)
            return Problems.BadField("workspace", $"The job is of the workspace {job.Workspace}. Leave it out.");
        var all = await queries.OfJobAsync(job.Workspace, job.Id, arguments.Limit, call.Cancelled);
        return TypedResults.Ok(
            new Page<FileLine>(
                [
                    .. all.Where(f => f.Path.StartsWith(arguments.Prefix ?? "", StringComparison.Ordinal))
                        .Select(FileLine.Of),
                ],
                null
            )
        );
    }

    private async Task<Results<Ok<FileAnswerPiece>, ProblemHttpResult>> ReadAsync(
        ReadFileArguments arguments,
        ToolCall call
    )
    {
        var workspace = arguments.Workspace ?? SubmitEndpoints.DefaultWorkspace;
        if (!WorkspacePath.TryParse(arguments.Path, out var name, out var wrong))
            return Problems.BadField("path", wrong);
        call.Caller.Require(Role.Viewer, workspace);
        if (await queries.OpenAsync(workspace, name, arguments.Version, call.Cancelled) is not { } file)
            return WorkspaceProblems.NoFile(name.Value, arguments.Version);
        await using (file)
        {
            if (arguments.Offset > file.Entry.Size)
                return Problems.BadField("offset", $"The file has {file.Entry.Size} bytes. Begin at one of them.");
            var piece = await TextPiece.ReadAsync(
                file.Content,
                file.Entry.Size,
                arguments.Offset,
                arguments.Length,
                call.Cancelled
            );
            return TypedResults.Ok(
                new FileAnswerPiece(
                    FileLine.Of(file.Entry),
                    piece.Text,
                    piece.Base64,
                    piece.Offset,
                    piece.NextOffset,
                    piece.NextOffset is { } next ? $"Cut. Call read_file with offset {next} for the next piece." : null
                )
            );
        }
    }

    private async Task<Results<Ok<WrittenContract>, ProblemHttpResult>> WriteAsync(
        WriteFileArguments arguments,
        ToolCall call
    )
    {
        var workspace = arguments.Workspace ?? SubmitEndpoints.DefaultWorkspace;
        if (!WorkspacePath.TryParse(arguments.Path, out var name, out var wrong))
            return Problems.BadField("path", wrong);
        if (Bytes(arguments, out var bytes) is { } problem)
            return problem;
        call.Caller.Require(Role.Operator, workspace);
        (var key, problem) = ToolKeys.Read(arguments.IdempotencyKey, "write_file", call.Caller, SHA256.HashData(bytes));
        if (problem is not null)
            return problem;
        if (!await workspaces.ExistsAsync(workspace, call.Cancelled))
            return WorkspaceProblems.NoWorkspace(workspace);
        var id = WorkspaceCallers.WriteId(call.Caller, key?.Key, $"write {workspace} {name}", time);
        var write = new FileWrite(id, workspace, name, call.Caller.ToAuthor())
        {
            ContentType = arguments.ContentType,
            Expect = arguments.IfMatch switch
            {
                null => FileExpectation.Anything,
                "*" => FileExpectation.Exists,
                "-" => FileExpectation.Absent,
                var etag => FileExpectation.OneOf(etag.Trim('"')),
            },
        };
        var result = await files.WriteAsync(write, bytes, call.Cancelled);
        return result.Stands
            ? TypedResults.Ok(
                new WrittenContract(
                    name.Value,
                    result.Version,
                    result.Sha256,
                    result.ETag!,
                    result.At,
                    result.Outcome is FileOutcome.Written
                )
            )
            : WorkspaceProblems.Refused(workspace, name, result, MostWritten);
    }

    private static ProblemHttpResult? Bytes(WriteFileArguments arguments, out byte[] bytes)
    {
        bytes = [];
        if (arguments.Text is null == arguments.Base64 is null)
            return Problems.BadField("text", "Give the contents once: as text, or in base64.");
        if (arguments.Text is { } text)
        {
            bytes = Encoding.UTF8.GetBytes(text);
        }
        else
        {
            var buffer = new byte[arguments.Base64!.Length];
            if (!Convert.TryFromBase64String(arguments.Base64, buffer, out var length))
                return Problems.BadField("base64", "Send Base64 as RFC 4648 has it, with its padding.");
            bytes = buffer[..length];
        }
        return bytes.Length <= MostWritten
            ? null
            : Problems.TooLarge(
                arguments.Text is null ? "base64" : "text",
                $"A call writes at most {MostWritten:N0} bytes. Send larger files over REST."
            );
    }
}
