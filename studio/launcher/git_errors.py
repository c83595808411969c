"""What Git's own error texts mean to the user."""

import re

from studio.core.errors import StudioError

# The first pattern that is found in Git's answer names the kind; the order is from the particular to the general.
PATTERNS = {
    "libcurl": r"failed to load library 'libcurl",
    "full": r"No space left on device|not enough space|disk quota exceeded",
    "long_path": r"File ?name too long",
    "dubious": r"detected dubious ownership in repository",
    "protocol": r"transport '.*' not allowed|protocol .* is not supported|Unable to find remote helper",
    "certificate": r"SSL certificate problem|certificate verif\w+ failed|wrong version number|SSL routines",
    "limit": r"returned error: (?:403|429)|rate limit",
    "gone": r"[Rr]epository .*not found|returned error: 404|does not appear to be a git repository|"
    r"could not read Username|could not read Password|terminal prompts disabled|Authentication failed|"
    r"Permission denied \(publickey|repository .* does not exist",
    "no_branch": r"[Cc]ould(?:n't| not) find remote (?:ref|branch)|Remote branch .* not found",
    "link": r"RPC failed|early EOF|invalid index-pack output|unexpected disconnect|fetch-pack: .*packet|"
    r"the remote end hung up",
    "offline": r"[Cc]ould not resolve (?:host|proxy|hostname)|Failed to connect|Couldn't connect|Connection "
    r"(?:timed out|refused|reset|was reset|closed)|Operation too slow|Operation timed out|Network is unreachable|"
    r"Could not resolve|unable to access",
    "locked": r"\.lock': File exists|Another git process seems",
    "merge": r"not concluded your merge|unmerged files|needs merge|unmerged paths|"
    r"you need to resolve your current index",
    "in_the_way": r"untracked working tree files would be|would lose untracked files",
    "dirty": r"would be overwritten by|Please commit your changes or stash them|cannot pull with rebase",
    "conflict": r"CONFLICT \(|Merge conflict in|could not restore untracked files",
    "diverged": r"Not possible to fast-forward|Diverging branches",
    "unrelated": r"refusing to merge unrelated histories",
    "broken": r"bad object|loose object .* is corrupt|unable to read (?:tree|sha1)|missing (?:blob|tree|commit)|"
    r"index file corrupt|bad index file|did not send all necessary objects|broken link|invalid sha1 pointer|"
    r"ambiguous argument 'HEAD'|object file .* is empty|does not have any commits yet|unable to parse commit|"
    r"bad signature|reference broken",
    "unknown_version": r"unknown revision|pathspec .* did not match|invalid reference|not a valid (?:object|ref)|"
    r"not a commit|Needed a single revision",
    "no_repository": r"not a git repository",
    "denied": r"Permission denied|Access is denied|unable to (?:unlink|create|write)",
}
MESSAGES = {
    "absent": "Git was not found on this computer.",
    "address": "“{url}” is no address of a Git repository.",
    "folder": "The folder {folder} does not exist.",
    "silent": "Git said nothing for {seconds} seconds and was stopped.",
    "libcurl": "Git for Windows cannot load its own network library.",
    "full": "The disk is full; Git could not finish.",
    "long_path": "A file name is too long for this system.",
    "dubious": "Git refuses {folder} because it belongs to another user account.",
    "protocol": "This kind of address is not allowed for a repository.",
    "certificate": "The server's certificate was not accepted.",
    "limit": "The server refuses for now: too many questions from this address.",
    "gone": "The repository does not exist any more, or is not open to everybody.",
    "no_branch": "The repository has no such branch or tag.",
    "link": "The connection broke while Git was receiving.",
    "offline": "Git cannot reach the server.",
    "locked": "Another Git is at work in {folder}, or one was killed there.",
    "merge": "A merge was begun in {folder} and never finished.",
    "dirty": "Files in {folder} were changed by hand; Git will not overwrite them.",
    "in_the_way": "Files of yours in {folder} have the names of files that the other version brings.",
    "conflict": "Your changes and the new version touch the same lines.",
    "diverged": "{folder} has commits of its own, so it cannot simply move forward.",
    "unrelated": "{folder} and its repository have no common history.",
    "broken": "The repository in {folder} is damaged: parts of its history are missing.",
    "unknown_version": "There is no such version in {folder}.",
    "no_repository": "{folder} is not a Git repository.",
    "detached": "No branch is checked out in {folder}, so there is nothing to follow.",
    "no_upstream": "The branch of {folder} has no counterpart in the repository it came from.",
    "denied": "Git may not write in {folder}.",
    "other": "Git could not finish its work in {folder}.",
}
REMEDIES = {
    "absent": "Install Git from https://git-scm.com (Linux: with the package manager), then start the studio again.",
    "address": "Use an address that begins with https://, ssh:// or git@, or a folder on this computer.",
    "folder": "Choose another one, or install anew.",
    "silent": "Try again; if it happens each time, choose another mirror or a proxy.",
    "libcurl": "Install Git in a folder whose path holds only Latin letters.",
    "full": "Free some space and try again; what was received is kept.",
    "long_path": "Move the folder closer to the root of the disk.",
    "dubious": "Trust this folder, if it is yours.",
    "protocol": "Use an address that begins with https://.",
    "certificate": "Check the clock and the proxy; a program that looks into the traffic may be in between.",
    "limit": "Wait some minutes or choose another mirror.",
    "gone": "Check the address; a repository that moved can be given its new one.",
    "no_branch": "Choose one from the list.",
    "link": "Try again: it goes on where it stopped. A mirror may help.",
    "offline": "Check the connection, the proxy and the mirror in the settings.",
    "locked": "Wait for it to end; if nothing runs, remove the lock.",
    "merge": "Abort the merge, then try again.",
    "dirty": "Put the changes aside under a name; they can be taken back afterwards.",
    "in_the_way": "The details name them. Put them aside or give them other names, then try again.",
    "conflict": "Your changes stay put aside; nothing is lost.",
    "diverged": "Put your commits aside and follow the repository, or stay on this version.",
    "unrelated": "Give the folder the address of the repository it came from.",
    "broken": "Fetch the repository anew; your files are kept.",
    "unknown_version": "Choose one from the list.",
    "no_repository": "Connect the folder with its repository; your files are kept.",
    "detached": "Return to a branch.",
    "no_upstream": "Choose a branch from the list.",
    "denied": "Close programs that use it, and check its permissions.",
    "other": "The details hold Git's own words.",
}
CREDENTIALS = re.compile(r"(?<=://)[^/@\s]+@")


class GitError(StudioError):
    """Git could not do it; `kind` is a key of MESSAGES, `details` are Git's own words."""

    def __init__(self, *, kind: str, details: str = "", **values: object) -> None:
        super().__init__(MESSAGES[kind], REMEDIES[kind], details=redacted(details), **values)
        self.kind = kind


def redacted(text: str) -> str:
    """`text` without the user names and passwords of addresses."""
    return CREDENTIALS.sub("***@", text)


def kind_of(answer: str) -> str:
    """Which kind of failure Git's answer tells of; "other" if it is none that is known."""
    return next((kind for kind, pattern in PATTERNS.items() if re.search(pattern, answer)), "other")
