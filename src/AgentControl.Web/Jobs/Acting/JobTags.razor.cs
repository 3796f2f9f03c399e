using AgentControl.Engine.Jobs;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace AgentControl.Web.Jobs.Acting;

/// <summary>Shows and changes the tags of a job.</summary>
public sealed partial class JobTags
{
    private ElementReference _input;
    private ElementReference _button;
    private string _tag = "";
    private bool _adding;
    private bool? _focusInput;

    [Inject]
    private JobActor Actor { get; set; } = null!;

    [Parameter, EditorRequired]
    public JobSummary Job { get; set; } = null!;

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_focusInput is not { } input)
            return;
        _focusInput = null;
        await (input ? _input : _button).FocusAsync();
    }

    private void Open() => (_adding, _focusInput, _tag) = (true, true, "");

    private void Close() => (_adding, _focusInput) = (false, false);

    private void KeyAsync(KeyboardEventArgs e)
    {
        if (e.Key == "Escape")
            Close();
    }

    private async Task AddAsync()
    {
        var tag = _tag.Trim();
        if (tag.Length == 0 || await SetAsync(tag, true))
            Close();
    }

    private Task<bool> SetAsync(string tag, bool on) =>
        Actor.TagAsync(new(Job.Id, Job.ShortId, Job.Name, Job.Label, Job.Workspace, null), tag, on);
}
