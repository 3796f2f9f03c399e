using AgentControl.Engine.Paging;
using AgentControl.Engine.Workspaces;

namespace AgentControl.Web.Workspaces;

/// <summary>A line of the tree. A folder's children are null until it is opened.</summary>
public sealed record TreeNode(string Path, string Name, bool IsFolder, IReadOnlyList<TreeNode>? Children)
{
    /// <summary>Builds the tree from the folders that were read, from the top down.</summary>
    internal static IReadOnlyList<TreeNode> Build(
        IReadOnlyDictionary<string, Page<FolderLine>> folders,
        string folder = ""
    )
    {
        if (!folders.TryGetValue(folder, out var page))
            return [];
        var nodes = page
            .Items.Select(line => new TreeNode(
                line.Path,
                line.Name,
                line.IsFolder,
                line.IsFolder && folders.ContainsKey(line.Path) ? Build(folders, line.Path) : null
            ))
            .ToList();
        // The rest of a large folder is on its page.
        if (page.NextCursor is not null)
            nodes.Add(new TreeNode(folder + "\n", "More…", false, null));
        return nodes;
    }

    /// <summary>The folder whose rest this line stands for, or null.</summary>
    internal string? MoreOf => Path.EndsWith('\n') ? Path[..^1] : null;
}
