using System.Security.Cryptography;
using System.Text;
using AgentControl.Engine.Events;
using AgentControl.Engine.Live;
using AgentControl.Engine.Storage;
using AgentControl.Engine.Workspaces;
using Npgsql;

namespace AgentControl.Engine.Notifications;

/// <summary>
/// Says the end of a job in a comment on its result file. The comment's id is made of the job and its end: however often it is tried, it stands once.
/// </summary>
internal static class ResultComments
{
    /// <summary>Who writes them.</summary>
    private static readonly Author _program = Author.Program("AgentControl");

    /// <returns>The job's line to publish behind the commit; null where the job wrote no file, or the comment stands already.</returns>
    public static async Task<LiveEvent?> WriteAsync(
        NpgsqlConnection connection,
        NotificationNews news,
        CancellationToken cancellationToken
    )
    {
        var file = await Sql.ScalarAsync<string>(
            connection,
            """
            SELECT v.path FROM workspace_file_versions v JOIN workspace_files f ON f.workspace = v.workspace AND f.path = v.path
             WHERE v.job_id = $1 AND v.workspace = $2 AND f.deleted_at IS NULL ORDER BY v.at DESC, v.path LIMIT 1
            """,
            news.JobId,
            news.Workspace
        );
        if (file is null)
            return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"result {news.JobId} {news.No}"));
        var id = new Guid(hash.AsSpan(0, 16));
        // The job's row first, as everything that writes its log does.
        if (
            !await JobLog.LockAsync(connection, news.JobId)
            || await Sql.ScalarAsync<long>(connection, "SELECT count(*) FROM workspace_comments WHERE id = $1", id) > 0
        )
            return null;
        var comment = await WorkspaceComments.AddAsync(
            connection,
            new Comment(id, news.Workspace, _program, news.Ended)
            {
                JobId = news.JobId,
                Anchor = new CommentAnchor(CommentAnchor.FileKind, file),
            },
            cancellationToken
        );
        return await JobLog.AppendAsync(connection, news.JobId, WorkspaceComments.EventOf(comment));
    }
}
