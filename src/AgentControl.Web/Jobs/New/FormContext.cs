namespace AgentControl.Web.Jobs.New;

/// <summary>What the fields of a form need beside themselves.</summary>
internal sealed class FormContext(NewJobView view, string workspace, Func<Task> changed)
{
    public NewJobView View { get; } = view;
    public string Workspace { get; } = workspace;

    /// <summary>Uploads begin only once the browser is connected and the draft's folder is known.</summary>
    public bool IsInteractive { get; set; }

    public Task ChangedAsync() => changed();
}
